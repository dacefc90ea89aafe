"""What a works folder holds: works, assets, inspections and services as declared tables."""
