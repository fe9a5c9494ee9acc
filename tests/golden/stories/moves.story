    08:30 op slot s1/eve 16:00-17:00 1 -> done
    08:30 op slot s2/pm 14:00-15:00 3 -> done
    09:00 c1 book b1 s1/am         -> booked
    09:01 c1 reschedule r1 s1/pm   -> rescheduled
    09:02 c1 reschedule r2 s2/am   -> rescheduled
    09:03 c1 reschedule r3 s1/am   -> rescheduled
    09:04 c2 book b1 s1/eve        -> booked
    09:05 c1 reschedule r4 s1/eve  -> rescheduled
    09:05:01 c2 reschedule r1 s1/am -> rescheduled
    09:06 c3 book b1 s1/pm         -> booked
    09:06 c4 book b1 s1/pm         -> booked
    09:07 c1 reschedule r5 s1/pm   -> refused SLOT_FULL
    09:08 tick                     -> nothing
    11:00 op checkin s1/pm/2 c3    -> done
    11:01 c3 reschedule r1 s2/pm   -> refused VISIT_BEGAN
    11:02 c4 reschedule r1 s2/pm   -> refused VISIT_BEGAN
    +     op checkin s1/pm/3 c4    -> done
