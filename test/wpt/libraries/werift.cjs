require('./expose.cjs').expose('werift');
