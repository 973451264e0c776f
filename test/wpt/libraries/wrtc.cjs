require('./expose.cjs').expose('@roamhq/wrtc');
