"""A recipe company that does not exist: seeded cooks and recipes who answer what is served to them.

    cook       a state: market, diet, tastes, how often they ask, what they have already opened, when they leave
    market     cooks with one clock, one season, holidays and habits in common
    recipe     a document: what it says of itself (title, minutes ...), a hidden quality, and news that fade
    season     what month it is in the heads of a market's cooks
    choice     a race between the recipes of a slate and the wish to leave; at most one click
    find       a recipe cooked without the lab's help: search, a friend, an author's followers
    report     "I made this" and stars, both arriving days later
    incident   trouble with a known start: in the cooks' heads, among who asks, or on the way to the lab (`troubles`)
    truth      what no company could know: appeal, the best slate, when trouble began

The system meets the world only through two callables: it answers `Requests` with `Slates`, and is handed `Traffic`.
The cut (user state, document, choice model, environment) is RecSim's (Ie et al. 2019, arXiv:1909.04847).

Reading order: `world`, `crowd`, `choice`, `cooks`, `seasons`, `habits` and `holidays`, `recipes` (words in `pantry`),
`reports`, `memory`, `incidents` and `troubles`, `shapes` (draws of other shapes), then `truth` and `fidelity` (the
world beside Food.com's published figures).
Nothing lies on disk: a world is its seed, its sizes, and the clicks it is told to remember.
"""

from mlops_lab.world.incidents import INCIDENTS, Incident
from mlops_lab.world.world import World

__all__ = ["INCIDENTS", "Incident", "World"]
