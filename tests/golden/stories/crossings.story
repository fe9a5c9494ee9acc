    08:30 op campaign w 19620101 19661231 09:00-18:00 hold=900 offer=600 chances=3 -> done
    08:30 op campaign d cohort=19620101-19661231 round=09:00-18:00,share:500 daily=2 -> done
    08:30 op campaign d2 19620101 19661231 09:00-18:00 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,1,booked -> done
    08:40 op slot s1/full 16:00-17:00 1 -> done
    08:40 op slot s2/pm 14:00-15:00 1   -> done
    08:40 op slot s2/eve 16:00-17:00 1  -> done
    08:40 op slot s1/z 20210802T12:00-20210802T13:00 1 -> done
    08:40 op site s5                    -> done
    08:40 op slot s5/a 20210801T12:00-20210801T13:00 3 20210801 -> done
    08:40 op slot s5/b 20210802T12:00-20210802T13:00 3 20210802 -> done
    09:00 d1 book b1 s5/a d             -> booked
    09:00 d2 book b1 s5/a d             -> booked
    09:00 d3 book b1 s5/b d             -> booked
    09:00 d2 cancel x1 d                -> cancelled
    09:00 d1 reschedule r1 s5/b d       -> rescheduled
    09:00 op capacity s5/b 1 release    -> done
    09:00 tick                          -> d1 CAPACITY_LOWERED s5/b
    09:00 c9 book b9 s1/full w          -> booked
    09:00 c2 book b2 s1/pm w            -> booked
    09:01 c2 reschedule r2 s1/full w    -> refused SLOT_FULL
    09:01:01 op capacity s1/pm 0 release -> done
    09:01:01 op capacity s1/pm 1        -> done
    09:01:01 op capacity s1/pm 0 release -> done
    09:01:10 tick                       -> c2 CAPACITY_LOWERED s1/pm, c2 CAPACITY_LOWERED s1/pm
    09:02 op capacity s1/pm 3           -> done
    09:02 c1 book b1 s1/pm              -> booked
    09:02 c3 book b1 s1/pm              -> booked
    09:02 c4 book b1 s1/pm              -> booked
    09:02 op capacity s1/pm 2 release   -> done
    09:03 tick                          -> c4 CAPACITY_LOWERED s1/pm
    09:04 c5 book b1 s1/am d1           -> booked
    09:04 c5 book b2 s2/am d2           -> booked
    09:04 c6 book b1 s2/pm d2           -> booked
    12:20 c5 reschedule r1 s2/pm d2     -> refused SLOT_FULL
    +     op dose s1/am/1 c5 A1         -> done
    12:20:10 tick                       -> c5 FULFILLED s1/am
    12:21 c3 reschedule r1 s2/eve       -> refused VISIT_BEGAN
    +     op checkin s1/pm/4 c3         -> done
    12:30 c1 reschedule r1 s2/eve       -> refused VISIT_BEGAN
    +     op dose s1/pm/3 c1 A3         -> done
    12:31 tick                          -> c1 FULFILLED s1/pm
