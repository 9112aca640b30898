"""The package that is sent with a referral: everything a receiver needs to compute every number again."""
