"""Back to the departments: what articles and the service do to customers."""
