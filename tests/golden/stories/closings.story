    08:30 op capacity s1/pm 4          -> done
    09:00 c1 book b1 s1/pm             -> booked
    09:01 c2 book b1 s1/pm             -> booked
    09:02 c3 book b1 s1/pm             -> booked
    09:02 c3 cancel x1                 -> cancelled
    09:03 c4 book b1 s1/pm             -> booked
    09:04 op capacity s1/pm 1          -> refused CAPACITY_BELOW_SEATS_TAKEN
    09:05 op capacity s1/pm 1 release  -> done
    09:05 tick                         -> c2 CAPACITY_LOWERED s1/pm, c4 CAPACITY_LOWERED s1/pm
    09:06 c5 book b1 s2/am             -> booked
    09:07 op close s2/am               -> done
    09:08 op close s2/am withdraw      -> done
    09:09 tick                         -> c5 SLOT_CLOSED s2/am
    09:10 c6 book b1 s1/am             -> booked
    09:11 op close s1                  -> done
    +     c6 cancel x1                 -> cancelled
    09:12 tick                         -> c1 SITE_CLOSED s1/pm
