    08:00 op campaign j cohort=19620101-19661231 round=09:00-10:00,share:333 round=10:00-18:00 -> done
    08:00 op slot s1/mon 0719T09:00-0719T10:00 5 20210719 -> done
    08:00 op campaign d daily=1 cohort=19620101-19661231 round=09:00-18:00 -> done
    09:00 a book b1 s1/mon d -> booked
    09:01 b book b1 s1/mon d -> refused DAY_LIMIT_REACHED
    09:02 a book b2 s1/pm j  -> booked
    09:03 op change k 09:10 19620101 19711231 09:00-18:00 -> done
    09:03 op change j 09:10 cohort=19620101-19661231,region:north|south,list:nurses,dose:2,days:20 round=09:00-18:00,digits:2,share:600 -> done
    09:10 e:19700101 book b1 s1/pm -> booked
    09:11 f:19620712,region=north,list=nurses,doses=1,last=20210601 book b1 s1/am j -> booked
    09:12 f:19620712,region=north book b2 s2/am j -> refused NOT_ON_LIST
    09:13 g:19620712 book b1 s2/am j -> refused WRONG_REGION
