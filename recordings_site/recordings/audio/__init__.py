"""Audio files as they are: format, duration, waveform, seek table. No Django, no stores.

It may import `base` and the models' constants only. Start with `probe`.
"""
