"""What the pictures share: a run as a frame, planes, contours; on the page how they are drawn and asked."""
