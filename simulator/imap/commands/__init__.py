"""The commands of RFC 3501, one mixin per theme."""
