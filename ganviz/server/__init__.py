"""The server: an explorer, a notebook or the front page as web pages, for one reader or for anybody who comes."""
