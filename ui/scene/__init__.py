"""The explorer's scene: what is drawn where, how it came about, and how it is kept. No Streamlit here."""
