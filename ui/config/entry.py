"""The script Streamlit runs.

It stands away from `ui/pages`: a folder of that name beside the script would be taken for pages of
Streamlit's own kind, each run as a script without the guard of `ui.app`, until the first visitor.
"""

from ui.app import main

main()
