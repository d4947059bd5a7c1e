"""What goes between the kernel and a page, or is kept in one: frames and strips as plain values and bytes."""
