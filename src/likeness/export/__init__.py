"""What a finished run hands to others: tables for other programs, pages for a web server, a crate for an archive."""
