"""Every kind of change that a card's page offers."""

from __future__ import annotations

from exitline.publish.web.register.changing import facts, help, lives, people
from exitline.publish.web.register.changing.made import ChangeKind
from exitline.words.said import say

ALL = (
    ChangeKind("facts", say("Facts of a day"), facts.facts_form, facts.write_facts,
         say("A new card; the earlier ones stay.")),
    ChangeKind("correction", say("Correct the facts"), facts.correction_form,
         facts.write_correction,
         say("A correction is a card of the same day with its reason; the wrong one stays.")),
    ChangeKind("member", say("A member comes"), people.member_form, people.write_member),
    ChangeKind("left", say("A member leaves"), people.left_form, people.write_left),
    ChangeKind("moved", say("A member moves to another household"), people.moved_form,
         people.write_moved),
    ChangeKind("head", say("Another head"), people.head_form, people.write_head),
    ChangeKind("member-correction", say("Correct a member"), people.fixed_form, people.write_fixed,
         say("The wrong entry stays in the history.")),
    ChangeKind("helper", say("Another helper"), help.helper_form, help.write_helper),
    ChangeKind("measure", say("A measure"), help.measure_form, help.write_measure),
    ChangeKind("measure-ended", say("A measure ends"), help.ended_form, help.write_ended),
    ChangeKind("visit", say("A visit"), help.visit_form, help.write_visit),
    ChangeKind("split", say("The household splits"), lives.split_form, lives.write_split,
         say("The new one is in the state of this one: its steps are recorded there, too.")),
    ChangeKind("merge", say("Another household is part of this one"), lives.merge_form,
         lives.write_merge, say("Nobody leaves the list by a merger: that takes a step.")),
    ChangeKind("move", say("It moves within the county"), lives.move_form, lives.write_move,
         say("From now on the other village sees it, and this one does not.")),
    ChangeKind("away", say("It moves to another county"), lives.away_form, lives.write_away,
         say("It waits until the other county takes it; both chains keep its steps.")),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in ALL}
