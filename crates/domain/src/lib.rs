//! Agreements, teams, apps, environments, checklist, launches, changes, calendar, lint, levels, permissions: the keeper's rules.
