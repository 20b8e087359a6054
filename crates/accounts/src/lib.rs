//! People, e-mail addresses, authenticators, sessions, journeys, consent; the only home of personal-data types.
