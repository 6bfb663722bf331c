"""Google Cloud Storage, through the API that the credentials fit: its own (JSON), or S3’s.

Imports `storage` and `base`; with HMAC keys, the adapter of S3. Start reading at `adapter`, then `json_api`.
"""
