"""What maintainers run beside codegen: the suite in all its settings, pictures and reference for the docs."""
