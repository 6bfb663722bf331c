"""How to get the two sets of credentials at Azure."""

from recordings_site.destinations.kinds.base import WHY, Document, Guide


def of(account: str, container: str) -> Guide:
    """The guide for a container of a storage account."""
    return Guide(
        WHY,
        "One of the storage account’s two access keys. An account key gives full control over everything in the "
        "account, and Sinch doesn’t accept more limited credentials. Use a separate storage account for recordings, "
        "and rotate the keys in turn (key1, key2) on a schedule.",
        "Preferably a shared access signature (SAS) for the container with Read and List, or the machine’s "
        "managed identity with the Storage Blob Data Reader role. The account key works too.",
        (
            Document("Read credentials as SAS", "Azure CLI", _sas(account, container)),
            Document("Read credentials as managed identity", "Azure CLI", _role(account, container)),
        ),
    )


def _sas(account: str, container: str) -> str:
    return (
        f"az storage container generate-sas --account-name {account} --name {container} \\\n"
        "  --permissions rl --https-only --expiry 2027-12-31 --auth-mode key --output tsv"
    )


def _role(account: str, container: str) -> str:
    return (
        "az role assignment create --role 'Storage Blob Data Reader' --assignee IDENTITY \\\n"
        "  --scope /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Storage"
        f"/storageAccounts/{account}/blobServices/default/containers/{container}"
    )
