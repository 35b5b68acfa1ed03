"""Messages between server, nodes and pages, as API.md has them, by area; knows only their shapes.

Times are RFC 3339 UTC with milliseconds ("2026-11-20T02:24:05.123Z"), durations seconds in fields ending `_s`.
`Text` is words by language tag: {"zh-CN": "户籍", "en": "Household registration"}.
"""
