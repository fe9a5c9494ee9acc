    08:30 op campaign r 19620101 19661231 09:00-18:00 hold=2 second=replaces -> done
    08:30 op slot s1/eve 16:00-17:00 1 -> done
    08:30 op slot s3/x 16:00-17:00 1 -> refused SITE_UNKNOWN open_slots.site_id
    09:00 c1 hold h1 s1/am     -> held until 09:15:00
    09:00 c2 hold h1 s1/pm     -> held until 09:15:00
    09:00 c3 hold h1 s2/am     -> held until 09:15:00
    09:01 c1 confirm f1        -> booked
    09:02 c3 cancel x1         -> cancelled
    09:15 tick                 -> c2 HOLD_EXPIRED s1/pm
    09:16 c2 confirm f1        -> refused HOLD_EXPIRED
    09:20 c4 hold h1 s1/pm r   -> held until 09:20:02
    09:20 c5 book b1 s1/eve    -> booked
    09:20:01 c4 hold h2 s1/eve r -> refused SLOT_FULL
    +     c4 confirm f1 r      -> booked
    09:20:03 tick              -> nothing
    09:20:05 tick              -> nothing
    09:30 c6 hold h1 s1/pm r   -> held until 09:30:02
    09:30:01 c6 hold h2 s2/am r -> held until 09:30:03
    09:31 tick                 -> c6 HOLD_EXPIRED s2/am
