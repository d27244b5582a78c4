<?php
// Symfony Mailer: symfony-mailer.php plain|starttls|tls PORT [CA]
require '/usr/share/php/Symfony/Component/Mailer/autoload.php';

use Symfony\Component\Mailer\Mailer;
use Symfony\Component\Mailer\Transport;
use Symfony\Component\Mime\Email;

[, $way, $port, $ca] = $argv + [3 => ''];
$transport = match ($way) {
    'plain' => Transport::fromDsn("smtp://127.0.0.1:$port"),
    'starttls' => Transport::fromDsn("smtp://localhost:$port"),
    'tls' => Transport::fromDsn("smtps://localhost:$port"),
};
if ($way != 'plain') {
    $transport->getStream()->setStreamOptions(['ssl' => ['cafile' => $ca]]);
}
(new Mailer($transport))->send(
    (new Email())->from('me@example.org')->to('you@example.org')->subject('Hi')->text('Hello.'));
