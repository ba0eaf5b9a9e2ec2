"""Documents of an answer for the office: 稟議書, slides with native charts, and the pack for a ministry.

They quote the tables of an answer and compute nothing: every number shown is a cell of a table, in the
reader's unit, and every document lists the cells it quoted. Both writers belong to the extra ``report``.
"""
