-- Every insert makes a small part of each roll-up. While a roll-up itself is small, each such part was merged with all the others at
-- once, over and over; a dozen together is as good for whoever reads, and costs a fraction.
ALTER TABLE token_views_by_minute MODIFY SETTING min_parts_to_merge_at_once = 12;

ALTER TABLE token_views_by_hour MODIFY SETTING min_parts_to_merge_at_once = 12;

ALTER TABLE token_views_by_day MODIFY SETTING min_parts_to_merge_at_once = 12;
