"""What every page shares: security, navigation, errors, languages, templates, static files."""
