"""What both Asterisk sources share: identities of contacts and visits, and the events made of them. No collector."""
