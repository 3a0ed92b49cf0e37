"""The filter language of the message stream: what a user types after ``/``. Pure: text in, values and verdicts out.

``grammar.parse`` makes an expression of text, ``Matcher`` says which messages it takes, ``narrowing`` what can be told
of many messages at once. ``connection_subject`` has ``parse_for_connections`` and ``ConnectionMatcher``, the same for
connections. ``completion`` and ``help`` serve whoever types.
"""

from wsinspect.filters.expression import Expression, printed
from wsinspect.filters.grammar import parse, parse_for_messages
from wsinspect.filters.matcher import Matcher
from wsinspect.filters.problem import FilterError

__all__ = ["Expression", "FilterError", "Matcher", "parse", "parse_for_messages", "printed"]
