    08:30 op campaign r 19620101 19661231 09:00-18:00 chances=1 -> done
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s1/pm r       -> booked
    09:00 c3 book b1 s2/am         -> booked
    11:50 op checkin s1/am/1 c1    -> done
    11:51 op checkin s1/am/1 c1    -> done
    11:52 c1 cancel x1             -> refused VISIT_BEGAN
    12:05 op dose s1/am/1 c1 lot1  -> done
    12:06 tick                     -> c1 FULFILLED s1/am
    19:00 tick                     -> c2 MISSED s1/pm, c3 MISSED s2/am
