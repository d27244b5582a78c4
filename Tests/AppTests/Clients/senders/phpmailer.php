<?php
// PHPMailer: phpmailer.php plain|starttls|tls PORT [CA]
require '/usr/share/php/libphp-phpmailer/autoload.php';

use PHPMailer\PHPMailer\PHPMailer;

[, $way, $port, $ca] = $argv + [3 => ''];
$mail = new PHPMailer(true);
$mail->isSMTP();
$mail->Host = $way == 'plain' ? '127.0.0.1' : 'localhost';
$mail->Port = (int) $port;
if ($way != 'plain') {
    $mail->SMTPSecure = $way;
    if ($way == 'starttls') {
        $mail->SMTPSecure = PHPMailer::ENCRYPTION_STARTTLS;
    } else {
        $mail->SMTPSecure = PHPMailer::ENCRYPTION_SMTPS;
    }
    $mail->SMTPOptions = ['ssl' => ['cafile' => $ca]];
}
$mail->setFrom('me@example.org');
$mail->addAddress('you@example.org');
$mail->Subject = 'Hi';
$mail->Body = 'Hello.';
$mail->send();
