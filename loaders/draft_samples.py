"""Sample values of a drafted column as they may be shown: masked by what it is taken for, and by its own shape."""

from claims.masking import mask_account, mask_address, mask_certificate, mask_name, mask_phone, mask_value
from claims.table import Table
from loaders.shapes import Sample

SHOWN = 3
LONG = 15  # characters; longer values without a known shape may be anything, accounts for one
MASKS = {
    "certno": mask_certificate,
    "phone": mask_phone,
    "name": mask_name,
    "address": mask_address,
}


def masked(sample: Sample, table: Table, field: str | None) -> tuple[str, ...]:
    """Return a few values as they may be shown, by what the column is taken for and by their own shape."""
    shown = sample.distinct[:SHOWN]
    if field is None:
        return tuple(_masked_by_shape(sample, value) for value in shown)
    texts = tuple(str(mask_value(table.name, field, value)) for value in shown)
    if texts != shown or table.column(field).codes:
        return texts
    return tuple(_masked_by_shape(sample, value) for value in texts)


def _masked_by_shape(sample: Sample, value: str) -> str:
    mask = MASKS.get(sample.shape or "")
    if mask is not None:
        return mask(value)
    return mask_account(value) if len(value) > LONG and sample.shape is None else value
