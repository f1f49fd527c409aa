"""The web application: Flask pages in English and Russian that work without JavaScript."""
