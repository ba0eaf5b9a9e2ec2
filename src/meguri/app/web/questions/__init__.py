"""What each page may be asked, in the order of the argument. Thin: read by the server itself."""

from __future__ import annotations

from meguri.app.web.question import Question
from meguri.app.web.questions.card import QUESTION as CARD
from meguri.app.web.questions.depends import QUESTION as DEPENDS
from meguri.app.web.questions.exports import QUESTION as EXPORTS
from meguri.app.web.questions.firm import QUESTION as FIRM
from meguri.app.web.questions.history import QUESTION as HISTORY
from meguri.app.web.questions.holds import QUESTION as HOLDS
from meguri.app.web.questions.keeps import QUESTION as KEEPS
from meguri.app.web.questions.overview import QUESTION as OVERVIEW
from meguri.app.web.questions.returns import QUESTION as RETURNS
from meguri.app.web.questions.stops import QUESTION as STOPS

QUESTIONS: dict[str, Question] = {
    one.key: one for one in (OVERVIEW, HOLDS, DEPENDS, STOPS, HISTORY, KEEPS, RETURNS, EXPORTS, CARD, FIRM)
}
