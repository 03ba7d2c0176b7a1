"""How dates are written, where the language's own way would be read differently in two countries."""
