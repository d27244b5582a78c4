#!/usr/bin/env bash
# Makes certificates and keys, good and bad, in the folder named.
set -euo pipefail
cd "$1"
exec 2>openssl.log

new=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
names="subjectAltName=DNS:localhost,IP:127.0.0.1"

# good.pem and other.pem: servers that are their own authorities.
for name in good other; do
    openssl req -x509 "${new[@]}" -subj "/CN=$name" -addext "$names" -days 2 \
        -keyout $name.key -out $name.pem
    cat $name.pem $name.key >$name.both
done

# What is wrong with a certificate.
openssl req "${new[@]}" -subj /CN=expired -keyout expired.key -out expired.req
openssl x509 -req -in expired.req -key expired.key -days -1 -out expired.pem
: >empty.pem
echo "No certificate, and no key." >garbage.pem
head -c 300 good.pem >truncated.pem
head -c 120 good.key >truncated.key
openssl pkey -in good.key -aes128 -passout pass:secret -out locked.key
cat good.pem locked.key >locked.both
openssl x509 -in good.pem -outform DER -out good.der
mkdir folder
mkfifo pipe
head -c 1048577 /dev/zero >huge.pem

# Clients: one by an authority that lies in believed/, and one by another.
mkdir believed bare
for name in known foreign; do
    openssl req -x509 "${new[@]}" -subj "/CN=$name authority" -days 2 \
        -keyout $name-ca.key -out $name-ca.pem
    openssl req "${new[@]}" -subj "/CN=$name client" -keyout $name.key -out $name.req
    openssl x509 -req -in $name.req -CA $name-ca.pem -CAkey $name-ca.key -CAcreateserial \
        -days 2 -out $name.pem
    cat $name.pem $name.key >$name.both
done
cp known-ca.pem bare
cp known-ca.pem believed
openssl rehash believed
mkdir piped
mkfifo piped/12345678.0

# Keys that nobody else may read, but for one.
chmod 600 ./*.both
cp good.key open.key
chmod 666 open.key
