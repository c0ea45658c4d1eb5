"""How a model is fitted, and what every fitted model keeps."""
