    08:30 op campaign w 19620101 19661231 09:00-18:00 hold=900 offer=600 -> done
    08:30 op campaign v 19620101 19661231 09:00-18:00 next=w,21,offered -> done
    08:30 op campaign u 19620101 19661231 09:00-18:00 next=k,21,booked -> done
    08:40 op site s3 North north        -> done
    08:40 op slot s3/am 12:00-13:00 1   -> done
    08:40 op slot s3/z 20210803T12:00-20210803T13:00 2 -> done
    09:00 c1 book b1 s1/am w            -> booked
    09:00 c9 book b9 s2/am w            -> booked
    09:00 c8 book b8 s3/am w            -> booked
    09:01 c2 wait w2 s1/am w            -> waiting
    09:01 c3 wait w3 s1 w 11:00-12:30   -> waiting
    09:01 c4 wait w4 =north w           -> waiting
    09:02 c5 wait w5 s1/am w            -> waiting
    09:03 c5 leave l5 w                 -> left
    09:04 c1 cancel x1 w                -> cancelled
    +     c2 book b2 s2/am w            -> refused SLOT_FULL
    09:05 tick                          -> c2 OFFERED s1/am
    09:06 c8 cancel x8 w                -> cancelled
    09:07 tick                          -> c4 OFFERED s3/am
    09:16 tick                          -> c2 HOLD_EXPIRED s1/am, c3 OFFERED s1/am, c4 HOLD_EXPIRED s3/am
    09:17 c3 confirm f3 w               -> booked
    09:20 tick                          -> nothing
    09:30 c6 book b6 s1/pm w            -> booked
    09:30 c7 book b7 s1/pm w            -> booked
    09:31 op capacity s1/pm 1 release   -> done
    09:32 tick                          -> c7 CAPACITY_LOWERED s1/pm
    09:33 op capacity s1/pm 2           -> done
    +     c7 hold h7 s2/am w            -> refused SLOT_FULL
    +     op close s1/pm withdraw       -> done
    09:34 tick                          -> c6 SLOT_CLOSED s1/pm
    09:40 c1 book b2 s3/am v            -> booked
    09:50 op slot s1/p 16:00-17:00 1    -> done
    09:50 c5 book b5 s1/p w             -> booked
    09:51 c2 wait w9 s1/p w             -> waiting
    09:52 c2 book b9 s3/am w            -> refused SLOT_FULL
    +     c5 cancel x5 w                -> cancelled
    09:53 tick                          -> c2 OFFERED s1/p
    12:10 op checkin s3/am/3 c1         -> done
    12:20 op dose s3/am/3 c1 A1         -> done
    12:21 tick                          -> c1 FULFILLED s3/am, c1 OFFERED s3/z, c2 HOLD_EXPIRED s1/p
    12:22 c1 confirm f1 w               -> booked
