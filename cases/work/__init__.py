"""Cases: who works on which ring, by which stage, until when, and what people conclude. See `cases.work.book`."""
