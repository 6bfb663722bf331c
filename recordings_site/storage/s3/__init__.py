"""Amazon S3 and the stores that speak its protocol, through boto3.

`adapter` is the store, `client` makes boto3’s clients, `errors` translates the errors. Imports `storage` and `base`.
Start reading at `adapter`.
"""
