"""The policy editor: forms, preview, publishing, versions, import and export. Start with `views`."""
