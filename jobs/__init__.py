"""Load, build, detect, gather and alert as resumable runs."""
