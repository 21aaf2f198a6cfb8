"""What a contact centre is and how it is measured.

Knows neither the collectors (where events come from) nor the web (who looks at the figures).
"""

__version__ = "0.1.0"
