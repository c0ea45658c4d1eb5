"""Exports in; lake and warehouse."""
