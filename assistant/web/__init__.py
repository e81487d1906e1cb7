"""The Gradio page: widgets and callbacks only, imported when it is asked for."""
