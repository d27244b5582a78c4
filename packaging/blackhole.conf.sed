# Makes the configuration of an installed server from the example that the program prints. It is for
# this machine alone: nobody else's mail is swallowed before the operator has decided so.

/^# Settings of blackhole\. Every one/c\
# Settings of blackhole. Behind a # stands a default: take the # away to change it. Without one are\
# those of an installed server, which listens on this machine's own address until host is changed.
s|^#host=.*|host=127.0.0.1|
s|^#\(user\|group\)=|\1=|
s|^#pid=.*|pid=/run/blackhole/blackhole.pid|
s|^#log=.*|log=/var/log/blackhole/blackhole.log|
