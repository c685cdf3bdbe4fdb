"""The edge to hardware: serial lines and clocks."""
