"""The stores of the tests about people are fresh databases too."""

from tests.monitor.people.conftest import database as database
