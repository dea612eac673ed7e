"""What is inside a stored message, for FETCH, SEARCH, SORT and THREAD: functions over bytes, no sockets, no store."""
