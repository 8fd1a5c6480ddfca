"""The units of a subtree, as statements that add up long periods ask for them."""

from typing import Final

#: For `unit_id = ...`: the units under `:within`. An array, because the planner cannot know how many units a
#: path covers: joined, it takes them for one, and goes through a table day by day once for each.
UNDER: Final = "ANY (ARRAY(SELECT id FROM units WHERE starts_with(path || '.', :within)))"
