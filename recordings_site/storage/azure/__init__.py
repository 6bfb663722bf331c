"""Azure Blob Storage, through azure-storage-blob.

`adapter` is the store, `errors` translates the errors. Imports `storage` and `base`. Start reading at `adapter`.
"""
