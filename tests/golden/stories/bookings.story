    08:30 op campaign k2 19000101 20201231 09:00-10:00 -> done
    08:31 op campaign k2 19000101 20201231 09:00-10:00 -> done
    08:32 op slot s1/dawn 09:00-09:30 1 -> done
    09:00 nonsense             -> nothing
    09:00 c1 book b1 s1/pm     -> booked
    09:00 c1 book b1 s1/pm     -> booked again
    09:00 c1 book b2 s1/pm k2  -> booked
    +     c1 cancel x1 k2      -> cancelled
    09:02 c2 book b1 s1/pm     -> booked
    09:03 c1 cancel x2         -> cancelled
    09:04 c3 book b1 s1/am     -> booked
    09:04 c4 book b1 s1/am     -> refused SLOT_FULL
    09:05 c5:20000101 book b1 s1/pm -> refused NOT_ELIGIBLE
    09:06 op site s1 Hall      -> refused SITE_EXISTS
