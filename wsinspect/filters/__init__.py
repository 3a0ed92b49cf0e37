"""The filter language of the message stream: what a user types after ``/``. Pure: text in, values and verdicts out.

``grammar.parse`` makes an expression of text, ``Matcher`` says which messages it takes, ``narrowing`` what can be told
of many messages at once. ``connection_subject`` has ``ConnectionMatcher``, the same for connections; ``panels`` refuses
what messages, or connections, cannot answer. ``completion`` and ``help`` serve whoever types.
"""

from wsinspect.filters.expression import Expression, printed
from wsinspect.filters.grammar import parse
from wsinspect.filters.matcher import Matcher
from wsinspect.filters.panels import parse_for_connections, parse_for_messages
from wsinspect.filters.problem import FilterError

__all__ = ["Expression", "FilterError", "Matcher", "parse", "parse_for_connections", "parse_for_messages", "printed"]
